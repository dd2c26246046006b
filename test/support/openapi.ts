interface Operation {
  readonly requestBody?: object;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** Operations that take a body and show no example of it, as `post /v1/x`. */
export function withoutExample({ paths, components }: ApiDocument): string[] {
  // One level deep: a schema may hold itself.
  const resolved = (body: object): string => JSON.stringify(JSON.parse(JSON.stringify(body), (_, value: { $ref?: string } | null) =>
    (typeof value?.$ref === 'string' ? components.schemas[value.$ref.replace('#/components/schemas/', '')] : value)));
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods)
    .filter(([, { requestBody }]) => requestBody && !/"examples?":/.test(resolved(requestBody))).map(([method]) => `${method} ${path}`));
}
