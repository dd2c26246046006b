import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsEmail, IsIn, IsInt, IsPhoneNumber, IsString, Length, Max, MaxLength, Min, MinLength, ValidateNested } from 'class-validator';
import { CreateConsentDto } from './create-consent.dto.js';

export class CreateCustomerDto {
  @IsString() @MinLength(1) @MaxLength(80)
  firstName!: string;

  @IsString() @MinLength(1) @MaxLength(80)
  lastName!: string;

  @IsEmail()
  email!: string;

  @IsPhoneNumber('FI')
  phone!: string;

  @IsString() @Length(2, 2)
  language!: string;

  @IsString() @MinLength(1) @MaxLength(120)
  street!: string;

  @IsString() @MinLength(1) @MaxLength(10)
  postalCode!: string;

  @IsString() @MinLength(1) @MaxLength(60)
  city!: string;

  @IsString() @Length(2, 2)
  country!: string;

  @IsInt() @Min(1900) @Max(2100)
  birthYear!: number;

  @IsArray() @ArrayMaxSize(50) @IsIn(['balloons', 'tableware', 'decorations', 'costumes', 'birthday'], { each: true })
  interests!: string[];

  @IsArray() @ArrayMaxSize(8) @ValidateNested({ each: true }) @Type(() => CreateConsentDto)
  consents!: CreateConsentDto[];
}
