export async function problemsPage() {
  await Promise.resolve()
  return { html: "", styleHash: "" }
}
export async function problemPage(code: string) {
  await Promise.resolve()
  return code === "" ? null : { html: "", styleHash: "" }
}
