// [data-draft=NAME]: what is typed survives a reload; [data-forget] on a page wipes every draft.
const PREFIX = "draft:";

for (const field of document.querySelectorAll("[data-draft]")) {
  const name = PREFIX + field.dataset.draft;
  if (!field.value) field.value = localStorage.getItem(name) ?? "";
  field.addEventListener("input", () => localStorage.setItem(name, field.value));
}

if (document.querySelector("[data-forget]")) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  }
}
