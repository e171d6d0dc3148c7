// Puts a button that copies beside the field with the link to the article, where the browser lets a page copy.
const field = document.getElementById("address");
if (field && navigator.clipboard) {
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.textContent = "Copy";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied";
    } catch {
      field.select();
      said.textContent = "It could not be copied: press Ctrl+C";
    }
  });
  field.after(button, said);
}
