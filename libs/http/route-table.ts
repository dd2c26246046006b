import type { FastifyInstance } from 'fastify';

/** Knows which methods each address takes, so that a wrong method is told apart from a wrong address. */
export class RouteTable {
  private readonly routes: { pattern: RegExp; method: string }[] = [];

  /** Collects the routes that are added from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      if (url.includes('*')) return;
      const source = url
        .split('/')
        .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
        .join('/');
      for (const one of [method].flat()) this.routes.push({ pattern: new RegExp(`^${source}/?$`), method: one });
    });
  }

  /** Methods taken at the address of a request, sorted; empty when there is nothing there. */
  methodsAt(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
  }
}
