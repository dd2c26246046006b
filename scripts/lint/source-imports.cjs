// How dependency-cruiser finds what `#contracts/order.js` means. At run time package.json maps it to dist/; the rules are about
// sources, so here every such name leads to the folder the source lies in. (The option that takes this is made for webpack's
// configuration; webpack itself is not used.)
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = process.cwd();
const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const alias = Object.fromEntries(
  Object.entries(imports).map(([name, target]) => [name.replace(/\/\*$/, ''), join(root, target.replace(/^\.\/dist\//, '').replace(/\/\*$/, ''))]),
);

module.exports = { resolve: { alias, importsFields: [], extensionAlias: { '.js': ['.ts', '.js'] } } };
