import { Body, Controller, Get, Headers, Module, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AcceptsForm } from '#http/body-parsers.js';
import { requireIfMatch, IF_MATCH_MISSING, VERSION_MISMATCH } from '#http/etag.js';
import { defineFailure, Failure } from '#http/failure.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';

export const SHELF_FULL = defineFailure({ kind: 'conflict', code: 'shelf-full', title: 'The shelf is full.' });

const BookSchema = z
  .strictObject({
    title: z.string().min(1).max(40),
    language: z.enum(['fi', 'sv', 'en']),
    pages: z.int().positive().optional(),
    author: z.strictObject({ email: z.email() }).optional(),
    note: z.string().transform((note) => note.trim()).refine((note) => !note.includes('#'), { message: 'must not contain a hash', params: { code: 'hash' } }).meta({ examples: ['Lent to Aino'] }).optional(),
  })
  .meta({ id: 'Book', examples: [{ title: 'Kalevala', language: 'fi' }, { title: 'Tuntematon', language: 'fi', pages: 480 }] });
const StoredBookSchema = z.object({ id: z.uuid(), book: BookSchema }).meta({ id: 'StoredBook' });
const ListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'Books a page', examples: [20] }),
  language: z.enum(['fi', 'sv']).optional(),
});

@ApiTags('books')
@Controller('v1/books')
class BooksController {
  @Post()
  @ApiOperation({ summary: 'Put a book on the shelf' })
  @ApiAnswer(201, StoredBookSchema, 'The book as stored')
  @ApiProblems(SHELF_FULL)
  create(@Body({ schema: BookSchema }) book: z.infer<typeof BookSchema>): object {
    if (book.title === 'full') throw new Failure(SHELF_FULL, { detail: 'No room left.', extra: { room: 0 }, retryAfterSeconds: 2.2 });
    if (book.title === 'boom') throw new Error(`secret ${book.title}`);
    return { id: '00000000-0000-4000-8000-000000000000', book };
  }

  @Get()
  @ApiAnswer(200, z.object({ limit: z.int() }), 'A page')
  list(@Query({ schema: ListQuerySchema }) query: z.infer<typeof ListQuerySchema>): object {
    return query;
  }

  @Get(':id')
  @ApiAnswer(200, StoredBookSchema, 'The book')
  read(@Param('id', { schema: z.uuid() }) id: string): object {
    return { id };
  }

  @Put(':id')
  @ApiAnswer(200, StoredBookSchema, 'The book')
  @ApiProblems(IF_MATCH_MISSING, VERSION_MISMATCH)
  change(@Param('id', { schema: z.uuid() }) id: string, @Headers('if-match') ifMatch: string | undefined): object {
    return { id, version: requireIfMatch(ifMatch) };
  }

  @Post('form')
  @AcceptsForm()
  form(@Body({ schema: z.object({ grant: z.string() }) }) body: object): object {
    return body;
  }
}

/** A small application with one route of each sort. */
@Module({ controllers: [BooksController] })
export class BooksModule {}
