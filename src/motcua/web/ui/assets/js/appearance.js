// Light or dark, usual or large: at once, and kept in the cookie that the server reads.
export function appearance() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-appearance]");
    if (!form) return;
    event.preventDefault();
    const { name, value } = event.submitter;
    const root = document.documentElement;
    if (value === "auto" || value === "usual") root.removeAttribute(`data-${name}`);
    else root.setAttribute(`data-${name}`, value);
    document.cookie = `${name}=${value}; path=/; max-age=${365 * 24 * 3600}; samesite=lax`;
    for (const button of form.querySelectorAll(`button[name="${name}"]`)) button.setAttribute("aria-pressed", String(button.value === value));
  });
}
