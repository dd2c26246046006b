import { Logger, RequestMethod, type DynamicModule, type ForwardReference, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner } from '@nestjs/core';
import { FIELD_SCOPES_METADATA, type FieldScopes, OWN_CUSTOMER_METADATA, PUBLIC_METADATA, SCOPES_METADATA } from '#auth/access.js';
import type { Scope } from '#auth/scopes.js';

/** A route as its controller states it. */
export interface Route {
  readonly method: string;
  /** With its parameters: `/v1/customers/:id`. */
  readonly path: string;
  /** Every one is needed; empty when the route is public, or states nothing. */
  readonly scopes: readonly Scope[];
  readonly isPublic: boolean;
  /** Scopes needed besides, when the body says something under that name. */
  readonly ofField?: FieldScopes | undefined;
  /** The parameter that holds the id of the customer who may call too. */
  readonly ownCustomer: string | undefined;
}
type Module = Type | DynamicModule | ForwardReference | Promise<DynamicModule>;
type Service = 'register' | 'marketing';

/**
 * The routes of a service in the order of their paths, read from the modules it is composed of: nothing is started. One service a
 * process, because both name their failures in one catalogue.
 */
export async function routesOf(service: Service): Promise<Route[]> {
  Logger.overrideLogger(false); // TypeORM's module warns of a second data source: of this composition there is none
  const root = service === 'register'
    ? (await import('#register/register.module.js')).RegisterModule.forRoot(noParts())
    : (await import('#marketing/marketing.module.js')).MarketingModule.forRoot(noParts());
  return [...controllersOf(root, new Set())].flatMap(routesOfController).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ path, method }: Route): string => `${path} ${method}`;

/** A composition names its settings, and uses them when it is started. */
function noParts<Parts extends object>(): Parts {
  const anything: unknown = new Proxy({}, { get: (_, name) => (name === 'config' ? anything : 'http://nowhere.invalid') });
  return anything as Parts;
}

function controllersOf(given: Module, seen: Set<unknown>): Set<Type> {
  const module = 'forwardRef' in given ? (given.forwardRef as () => Module)() : given;
  if (module instanceof Promise) throw new Error('a module that is made later cannot be read');
  if (seen.has(module)) return new Set();
  seen.add(module);
  const { module: type, imports = [], controllers = [] } = typeof module === 'function' ? { module } : module as DynamicModule;
  const stated = <T>(key: string): T[] => (Reflect.getMetadata(key, type) ?? []) as T[];
  const inner = [...imports, ...stated<Module>(MODULE_METADATA.IMPORTS)].flatMap((each) => [...controllersOf(each, seen)]);
  return new Set([...controllers, ...stated<Type>(MODULE_METADATA.CONTROLLERS), ...inner]);
}

function routesOfController(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name]!;
    const of = (key: string): unknown => Reflect.getMetadata(key, handler);
    const method = of(METHOD_METADATA) as RequestMethod | undefined;
    if (method === undefined) return [];
    return pathsOf(controller).flatMap((base) => pathsOf(handler).map((path) => ({
      method: RequestMethod[method],
      path: `/${[base, path].flatMap((part) => part.split('/')).filter((part) => part !== '').join('/')}`,
      scopes: (of(SCOPES_METADATA) ?? []) as Scope[],
      ofField: of(FIELD_SCOPES_METADATA) as FieldScopes | undefined,
      isPublic: of(PUBLIC_METADATA) === true,
      ownCustomer: of(OWN_CUSTOMER_METADATA) as string | undefined,
    })));
  });
}

function pathsOf(stated: object): string[] {
  return [(Reflect.getMetadata(PATH_METADATA, stated) ?? '') as string | string[]].flat();
}

/** Every address that an application answers, as `GET /v1/customers/:id`, from the router itself. What is read can be asked by HEAD too. */
export function servedBy(printed: string): string[] {
  const parents: string[] = [];
  return printed.split('\n').flatMap((line) => {
    const found = /^((?:[│ ] {3})*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (!found) return [];
    const depth = found[1]!.length / 4;
    const path = `${depth === 0 ? '' : parents[depth - 1]!}${found[2]!}`;
    parents.splice(depth, parents.length, path);
    const methods = found[3]?.split(', ') ?? [];
    return methods.filter((method) => method !== 'HEAD' || !methods.includes('GET')).map((method) => `${method} ${path}`);
  });
}
