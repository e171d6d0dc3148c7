// Puts a button that copies beside the field with the link to the article, where the browser lets a page copy.
const texts = JSON.parse(document.body.dataset.texts ?? "{}"), say = (text) => texts[text] ?? text;
const field = document.getElementById("address");
if (field && navigator.clipboard) {
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.textContent = say("Copy");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = say("Copied");
    } catch {
      field.select();
      said.textContent = say("It could not be copied: press Ctrl+C");
    }
  });
  field.after(button, said);
}
