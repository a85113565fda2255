export default function ({ data }) {
  const link = document.querySelector('[data-testid="stSkipToContent"]');
  if (!link) return;
  if (link.textContent !== data.text) link.textContent = data.text;
  link.onclick = (event) => {
    event.preventDefault();
    event.stopPropagation(); // Streamlit has a listener further up
    document.querySelector(`.st-key-${data.to} a`)?.focus();
  };
}
