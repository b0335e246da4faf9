/**
 * The Deploy to Cloudflare button of this very clone, for its README:
 *
 *     npm run --silent button
 *
 * A button names a repository, and only whoever publishes one knows which: so it is made from where `origin` points.
 */
import { spawnSync } from "node:child_process"
import { buttonFor } from "./deployment/button.ts"

const { stdout } = spawnSync("git", ["remote", "get-url", "origin"], { encoding: "utf8" })
const remote = process.argv[2] ?? stdout.trim()
const button = buttonFor(remote)
if (button === null) {
  console.error(`The page behind the button takes public repositories on GitHub and GitLab, and not "${remote}".`)
  console.error("Another one: npm run --silent button -- https://github.com/you/shop")
  process.exitCode = 1
} else {
  console.log(button)
}
