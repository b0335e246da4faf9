import { relative, resolve, dirname } from "node:path"
import tseslint from "typescript-eslint"
import { breach, isRelative } from "./tests/tidy/layers.ts"

const root = import.meta.dirname
const projects = ["tsconfig.json", "tests/tsconfig.json", "tests/worker/tsconfig.json"]
const sources = ["index.ts", "{events,domain,choreography,objects,gateways,http,client,examples}/**/*.ts"]

/** Imports run one way: the table is in tests/tidy/layers.ts. */
const layers = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const from = relative(root, context.filename).replaceAll("\\", "/")
    const check = (node, specifier, mode) => {
      if (typeof specifier !== "string") return
      const to = isRelative(specifier)
        ? relative(root, resolve(dirname(context.filename), specifier)).replaceAll("\\", "/")
        : specifier
      const message = breach({ from, to, mode })
      if (message !== undefined) context.report({ node, message })
    }
    const mode = (kind) => (kind === "type" ? "types" : "values")
    return {
      ImportDeclaration: (node) => check(node, node.source.value, mode(node.importKind)),
      ExportNamedDeclaration: (node) => check(node, node.source?.value, mode(node.exportKind)),
      ExportAllDeclaration: (node) => check(node, node.source.value, mode(node.exportKind)),
      ImportExpression: (node) => check(node, node.source.value, "values"),
      TSImportType: (node) => check(node, node.source?.value, "types"),
    }
  },
}

const extensions = [
  {
    selector:
      ":matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration)[source.value=/^\\.{1,2}\\u002f(?!.*\\.[a-z]+$)/]",
    message: "Name the file itself, with its .ts: Node runs these sources as they are.",
  },
]

const asyncTransaction = [
  {
    selector: "CallExpression[callee.property.name='transactionSync'] > :function[async=true]",
    message: "An async transaction commits at its first await and runs on outside of it.",
  },
]

const transactions = [
  {
    selector: "CallExpression[callee.property.name='transactionSync']",
    message:
      "Transactions belong to the choreography: state, inbox, outbox, effects, timers and alarm commit together.",
  },
  {
    selector: "CallExpression[callee.property.name=/^(setAlarm|deleteAlarm)$/]",
    message: "An object has one alarm, and the choreography sets it for all due times at once. Use a timer.",
  },
]

const bareSql = [
  {
    selector: "CallExpression[callee.property.name='exec'][callee.object.property.name='sql']",
    message:
      "An undrained cursor loses the whole event's writes. Only choreography/durable.ts may, which reads every row.",
  },
  {
    selector: "CallExpression[callee.property.name='exec'][callee.object.name='sql']",
    message:
      "An undrained cursor loses the whole event's writes. Only choreography/durable.ts may, which reads every row.",
  },
]

const injected = "Clock and randomness are injected: the simulator replays a run from its seed."
const clockAndRandomness = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: injected },
  { selector: "CallExpression[callee.name='Date']", message: injected },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: injected },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: injected },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: injected },
  {
    selector: "MemberExpression[object.name='crypto'][property.name=/^(randomUUID|getRandomValues)$/]",
    message: injected,
  },
]

const waiting = [
  {
    selector: "CallExpression[callee.name=/^(setTimeout|setInterval)$/]",
    message: "What has to wait is a timer or an effect: memory is lost at any moment, a row is not.",
  },
]

const restrict = (...lists) => ["error", ...lists.flat()]

export default tseslint.config(
  { ignores: ["dist/", "coverage/", ".wrangler/", "worker-configuration.d.ts", "console/**/*.js"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: projects, tsconfigRootDir: root } },
    plugins: { local: { rules: { layers } } },
    rules: {
      "local/layers": "error",
      "no-restricted-syntax": restrict(extensions, asyncTransaction),
      eqeqeq: "error",
      "no-console": "off",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // `import { type X }` still runs the module it names; `import type` doesn't.
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Both spellings have their place: an interface for a thing, a type for a union or a mapping.
      "@typescript-eslint/consistent-type-definitions": "off",
      // The bindings of the worker are declared by merging into `Cloudflare.Env`.
      "@typescript-eslint/no-namespace": ["error", { allowDeclarations: true }],
      // A handler may end with what it says last: `return $.send(...)`.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: sources,
    rules: { "no-restricted-syntax": restrict(extensions, asyncTransaction, transactions, bareSql) },
  },
  {
    // Gateways may put a time limit on a call, so they may wait.
    files: ["gateways/**/*.ts"],
    rules: {
      "no-restricted-syntax": restrict(extensions, asyncTransaction, transactions, bareSql, clockAndRandomness),
    },
  },
  {
    files: ["{events,domain,objects}/**/*.ts"],
    rules: {
      "no-restricted-syntax": restrict(
        extensions,
        asyncTransaction,
        transactions,
        bareSql,
        clockAndRandomness,
        waiting,
      ),
    },
  },
  {
    files: ["choreography/**/*.ts"],
    rules: { "no-restricted-syntax": restrict(extensions, asyncTransaction, bareSql, clockAndRandomness, waiting) },
  },
  {
    // The adapter to the platform: the real clock, alarm and storage enter here and nowhere else.
    files: ["choreography/durable.ts", "choreography/chance.ts", "choreography/clock.ts"],
    rules: { "no-restricted-syntax": restrict(extensions, asyncTransaction) },
  },
  {
    // The door to the platform is no part of a replayed run, and draws its own lots.
    files: ["choreography/cloudflare.ts"],
    rules: { "no-restricted-syntax": restrict(extensions, asyncTransaction, transactions, bareSql, waiting) },
  },
  {
    files: ["tests/**/*.ts", "bench/**/*.ts"],
    rules: {
      // A stand-in often fulfils an asynchronous contract without waiting for anything.
      "@typescript-eslint/require-await": "off",
    },
  },
)
