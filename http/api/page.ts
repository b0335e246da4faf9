export async function apiPage() {
  await Promise.resolve()
  return { html: "", styleHash: "" }
}
