// Faults in what is done when a database falls silent. See mutants.mjs.

export const OUTAGE_MUTANTS = [
  {
    name: 'silent connection kept',
    what: 'a query that nobody answers is refused, and its connection lent to the next with the statement under way',
    edits: [['libs/database/watchful-client.js', "this.wire.stream.destroy(new ServerSilent('the database server does not answer'));",
      "this._getActiveQuery()?.handleError(new ServerSilent('the database server does not answer'), this.connection);"]],
    tests: ['database/silent-server'], only: 'gives the connection up',
  },
  {
    name: 'long statements cut',
    what: 'a statement without a limit of the server is given up while the server is at it',
    edits: [['libs/database/watchful-client.js', 'else if (this.hasNoLimit)', 'else if (false)']],
    tests: ['database/silent-server'], only: 'as long as the server is there',
  },
  {
    name: 'no end to stopping',
    what: 'a service that waits for a silent database does not stop',
    edits: [['libs/service/stop-in-time.js', 'process.exit(1);', '']],
    tests: ['database/black-hole'], only: 'ends both services',
  },
];
