/** Faults of the search for what erasures have left, on marketing's side. */
export const LEFTOVER_MUTANTS = [
  {
    name: 'search acknowledged first',
    what: 'a request to search is acknowledged before it is answered, so that a crash loses it',
    edits: [['apps/marketing/src/leftovers/search-requests.controller.js', 'await this.search.answer(roundId)', 'void this.search.answer(roundId).catch(() => undefined)']],
    tests: ['marketing/leftovers.spec'], only: 'keeps a request',
  },
  {
    name: 'files of exports not searched',
    what: 'a forgotten file among the exports is not found',
    edits: [['apps/marketing/src/leftovers/leftover-search.service.js', 'await isThere(exports) ?', 'false ?']],
    tests: ['marketing/leftovers.spec'], only: 'wherever they are',
  },
  {
    name: 'only the first page of needles',
    what: 'people beyond the first reply of the register are not looked for',
    edits: [['apps/marketing/src/leftovers/leftover-search.service.js', 'after = reply.next;', 'after = null;']],
    tests: ['marketing/leftovers.spec'], only: 'finds nothing of people who are erased',
  },
  {
    name: 'cases named to strangers',
    what: 'the statement, which other people get, names the case of whoever was found',
    edits: [['apps/marketing/src/leftovers/search-statement.js', 'caseDigest(caseId)', 'caseId']],
    tests: ['leftovers/search-statement.spec'],
  },
  {
    name: 'planner remembers',
    what: 'whoever the planner remembers of an empty table is found for ever',
    edits: [['libs/search/search-afresh.js', '[analyseTables, forgetInEmptyTables]', '[analyseTables]']],
    tests: ['search/search-afresh.spec'],
  },
  {
    name: 'in use and locked',
    what: 'a table in use is locked to make the planner forget',
    edits: [['libs/search/search-afresh.js', ' || !(await isEmpty())', '']],
    tests: ['search/search-afresh.spec'],
  },
  {
    name: 'three of four places missed',
    what: 'a value is found only where it stands at every fourth byte',
    edits: [['libs/search/pattern-index.js', 'at - this.stride + 1', 'at']],
    tests: ['search/row-batch.spec'],
  },
  {
    name: 'texts of errors cross over',
    what: 'what an error of a search says, which may be somebody’s, leaves the thread that searches',
    edits: [['libs/search/search-program.js', "errorCode(error) ?? (error instanceof Error ? error.name : 'unknown')", 'error.message']],
    tests: ['search/search-thread.spec'],
  },
  {
    name: 'packed in a tar',
    what: 'a packed member of a tar is taken for a text without anybody in it',
    edits: [['libs/search/tar-members.js', "form !== 'plain'", 'false']],
    tests: ['search/file-forms.spec'],
  },
  {
    name: 'anybody with that number',
    what: 'nine digits are her telephone number although nothing beside them says so',
    edits: [['libs/search/needles.js', 'if (isAny)', 'if (isAny) return true;\n    if (isAny)']],
    tests: ['search/needles.spec'], only: 'what is found',
  },
  {
    name: 'packed in a column',
    what: 'rows with packed bytes are not looked into',
    edits: [['libs/search/row-batch.js', 'text.includes(PACKED)', 'false']],
    tests: ['search/row-batch.spec'],
  },
];
