// `npm run routes`: writes the tables that the matrices expect. One service a process: both name their failures in one catalogue.
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { accessTable, ROUTES_FILE, withTable } from './route-document.js';
import { routesOf } from './routes.js';

const service = process.argv[2];
if (service !== 'register' && service !== 'marketing') throw new Error('Say register or marketing.');
writeFileSync(ROUTES_FILE, withTable(readFileSync(ROUTES_FILE, 'utf8'), service, accessTable(await routesOf(service))));
