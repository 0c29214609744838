// The counter: all papers at one press, the choice that a typed field means.
export function counter() {
  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-all]:is(button)");
    if (!all) return;
    event.preventDefault();
    for (const group of all.form.querySelectorAll(".ticks")) {
      const radio = group.querySelector(`input[value="${all.dataset.all}"]`);
      if (radio && !group.querySelector("input:checked")) radio.checked = true;
    }
    all.form.setAttribute("data-touched", "");
    const next = document.getElementById(all.dataset.then);
    next?.focus();
    next?.select?.();
  });
  document.addEventListener("input", (event) => {
    const [name, value] = event.target.dataset?.means?.split("=") ?? [];
    const radio = name && event.target.form.querySelector(`input[name="${name}"][value="${value}"]`);
    if (radio && event.target.value.trim()) radio.checked = true;
  });
}
