import type { INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { PUBLIC_METADATA, SCOPES_METADATA } from './access.js';

/**
 * Call before listening.
 * @throws Error naming every HTTP route that states neither `Scopes` nor `Public`.
 */
export function assertEveryRouteStatesItsScope(app: INestApplicationContext): void {
  const silent: string[] = [];
  const scanner = new MetadataScanner();
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, object>;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const method = prototype[name];
        if (method && Reflect.hasMetadata(METHOD_METADATA, method) && !statesAccess(method)) silent.push(`${metatype.name}.${name}`);
      }
    }
  }
  if (silent.length > 0) throw new Error(`These routes state neither Scopes nor Public: ${silent.join(', ')}`);
}

function statesAccess(method: object): boolean {
  return Reflect.hasMetadata(SCOPES_METADATA, method) || Reflect.hasMetadata(PUBLIC_METADATA, method);
}
