// Who may import whom. The lint rule and the tidy test read this one table, so they can't disagree.

export type ImportMode = "values" | "types"

/** One import as written: who imports what (paths from the project's root, or a package's name), and how. */
export interface ImportEdge {
  readonly from: string
  readonly to: string
  readonly mode: ImportMode
}

interface Law {
  /** Folders (with a slash at the end) and files of ours, and whether values or only types may come from there. */
  readonly ours: Readonly<Record<string, ImportMode>>
  /** Packages, with everything below them: `hono` allows `hono/jwt`. */
  readonly packages: readonly string[]
}

/** The first entry whose path an importing file has is its law, so an exception stands before its folder. */
export const laws: Readonly<Record<string, Law>> = {
  "events/": {
    ours: { "events/": "values" },
    packages: ["zod"],
  },
  "domain/": {
    ours: { "domain/": "values", "events/": "values" },
    packages: ["zod"],
  },
  // The adapter to the platform, and the door to it, are the files of the choreography that may know it.
  "choreography/durable.ts": {
    ours: { "choreography/": "values", "events/definition.ts": "values", "events/envelope.ts": "values" },
    packages: ["zod", "cloudflare:workers"],
  },
  "choreography/cloudflare.ts": {
    ours: { "choreography/": "values", "events/definition.ts": "values", "events/envelope.ts": "values" },
    packages: ["zod", "cloudflare:workers"],
  },
  // The choreography knows what an event is, never which events there are: it could serve another saga as it stands.
  "choreography/": {
    ours: { "choreography/": "values", "events/definition.ts": "values", "events/envelope.ts": "values" },
    packages: ["zod"],
  },
  "gateways/": {
    ours: {
      "gateways/": "values",
      "domain/": "types",
      // Who makes a number that names its order, and who reads it, mean the same form.
      "domain/tracking.ts": "values",
      "events/": "types",
      "choreography/errors.ts": "values",
    },
    packages: ["zod"],
  },
  "objects/": {
    ours: {
      "objects/": "values",
      "events/": "values",
      "domain/": "values",
      "choreography/": "values",
      "gateways/": "values",
    },
    packages: ["zod", "cloudflare:workers"],
  },
  "http/": {
    ours: {
      "http/": "values",
      "domain/": "values",
      "events/": "values",
      "choreography/": "types",
      // A trace begins here and goes on there: both write it alike, as they do times, and weigh texts alike.
      "choreography/trace.ts": "values",
      "choreography/times.ts": "values",
      "choreography/texts.ts": "values",
      "objects/": "types",
    },
    packages: ["zod", "hono", "@hono/zod-openapi", "cloudflare:workers"],
  },
  // Who speaks to the shop from outside knows its types and nothing else of it.
  "client/": {
    ours: { "client/": "values", "http/": "types" },
    packages: ["hono"],
  },
  // An example is what another project would be: it has the choreography's doors, and nothing else of ours.
  "examples/": {
    ours: { "examples/": "values", "choreography/index.ts": "values", "choreography/cloudflare.ts": "values" },
    packages: ["zod", "hono"],
  },
  "index.ts": {
    ours: {
      "events/": "values",
      "domain/": "values",
      "choreography/": "values",
      "objects/": "values",
      "gateways/": "values",
      "http/": "values",
      "console/": "values",
    },
    packages: ["zod", "hono", "cloudflare:workers"],
  },
}

/** The worker's own folders and files, as opposed to tests and tools. */
export const sourceRoots = [
  "index.ts",
  "events/",
  "domain/",
  "choreography/",
  "objects/",
  "gateways/",
  "http/",
  "client/",
  "examples/",
] as const

export function isSource(path: string): boolean {
  return sourceRoots.some((root) => isWithin(path, root))
}

/** Whether `specifier` names a file of ours rather than a package. */
export function isRelative(specifier: string): boolean {
  return specifier.startsWith("./") || specifier.startsWith("../")
}

/** Why this import is against the law, in words for the one who wrote it; undefined if it is allowed. */
export function breach({ from, to, mode }: ImportEdge): string | undefined {
  if (!isSource(from)) return undefined
  const [layer, law] = Object.entries(laws).find(([root]) => isWithin(from, root)) ?? []
  if (layer === undefined || law === undefined) return `${from} belongs to no layer`
  const allowed = Object.entries({ ...law.ours, ...asValues(law.packages) }).filter(([root]) => isWithin(to, root))
  if (allowed.length === 0) return `${layer} imports nothing from ${to}; it may import from ${list(law)}`
  if (mode === "types" || allowed.some(([, permitted]) => permitted === "values")) return undefined
  return `${layer} may import only types from ${to}: write \`import type\``
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`)
}

function asValues(packages: readonly string[]): Record<string, ImportMode> {
  return Object.fromEntries(packages.map((name) => [name, "values"]))
}

function list(law: Law): string {
  return [...Object.keys(law.ours), ...law.packages].join(", ")
}
