import { Type } from 'class-transformer';
import { IsDate, IsIn, IsInt, IsPositive, IsString, MaxLength, MinLength } from 'class-validator';

export class CreateConsentDto {
  @IsString() @MinLength(1) @MaxLength(40)
  purpose!: string;

  @IsIn(['email', 'sms', 'phone', 'post'])
  channel!: string;

  @IsIn(['granted', 'withdrawn'])
  decision!: string;

  @IsDate() @Type(() => Date)
  decidedAt!: Date;

  @IsIn(['web-form', 'checkout', 'account-settings', 'phone-call', 'paper', 'in-person', 'unsubscribe-link'])
  method!: string;

  @IsString() @MaxLength(200)
  form!: string;

  @IsString() @MinLength(1) @MaxLength(40)
  sourceSystem!: string;

  @IsString() @MinLength(1) @MaxLength(40)
  wordingId!: string;

  @IsInt() @IsPositive()
  wordingVersion!: number;
}
