# Both services from one file: docker build --target register . and docker build --target marketing .
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error
COPY tsconfig.json ./
COPY libs libs
COPY apps apps
COPY test test
COPY bench bench
RUN npm run build && rm -rf dist/test dist/bench dist/.tsbuildinfo && find dist -name '*.spec.js*' -delete

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --loglevel=error

FROM node:24.21.0-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY config config
COPY --from=packages /app/node_modules node_modules
# The exports that wait to be taken: the only thing that marketing writes.
RUN install -d -o node -g node -m 0700 /var/lib/lupa/exports
# The image's own unprivileged user; nothing under /app belongs to it, so it can change nothing there.
USER node

FROM runtime AS register
COPY --from=build /app/dist/libs dist/libs
COPY --from=build /app/dist/apps/register dist/apps/register
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "dist/apps/register/src/main.js"]

FROM runtime AS marketing
COPY --from=build /app/dist/libs dist/libs
COPY --from=build /app/dist/apps/marketing dist/apps/marketing
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3001/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "dist/apps/marketing/src/main.js"]
