// An ESLint rule: a file may be long, when its first line says why.

/** Reports files longer than `max` lines, unless they open with a comment «Over 250 lines because …». */
export const explainedLength = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer', minimum: 1 } }, required: ['max'], additionalProperties: false }],
    messages: { long: '{{lines}} lines. Divide the file, or open it with a comment "Over {{max}} lines because …".' },
  },
  create(context) {
    const [{ max }] = context.options;
    return {
      Program() {
        const { lines } = context.sourceCode;
        const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
        if (count <= max) return;
        const [first] = context.sourceCode.getAllComments();
        const explained = first?.loc.start.line === 1 && first.value.trim().replace(/^\*+\s*/, '').startsWith(`Over ${max} lines because `);
        if (!explained) context.report({ loc: { line: max + 1, column: 0 }, messageId: 'long', data: { lines: count, max } });
      },
    };
  },
};
