/** Builds what would be deployed, prints how large it is, and fails if that is too much: `npm run deploy:dry`. */
import { build, verdict } from "./deployment/bundle.ts"
import { wrangler } from "./deployment/wrangler.ts"

try {
  const { isGood, says } = verdict(await build(wrangler, "wrangler.jsonc", "dist"))
  console.log(says)
  process.exitCode = isGood ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
