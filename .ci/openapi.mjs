// Validates the OpenAPI documents that the running services publish.
import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';

const environment = JSON.parse(readFileSync('.lupa/dev/environment.json', 'utf8'));
for (const service of ['REGISTER', 'MARKETING']) {
  const url = `http://127.0.0.1:${environment[`${service}_PORT`]}/openapi.json`;
  const document = await (await fetch(url)).json();
  const { valid, errors } = await new Validator().validate(document);
  if (!valid) {
    console.error(`${service}: not OpenAPI ${document.openapi}: ${JSON.stringify(errors, null, 2)}`);
    process.exit(1);
  }
  const bare = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { requestBody }]) => requestBody && !/"examples?":/.test(JSON.stringify(resolved(requestBody, document))))
      .map(([method]) => `${method} ${path}`),
  );
  if (bare.length > 0) {
    console.error(`${service}: no example of the body of ${bare.join(', ')}`);
    process.exit(1);
  }
  console.log(`${service.toLowerCase()}: valid OpenAPI ${document.openapi}, ${Object.keys(document.paths).length} paths`);
}

/** With the schemas it refers to, one level deep. */
function resolved(node, document) {
  return JSON.parse(JSON.stringify(node), (_key, value) =>
    typeof value?.$ref === 'string' ? document.components.schemas[value.$ref.replace('#/components/schemas/', '')] : value,
  );
}
