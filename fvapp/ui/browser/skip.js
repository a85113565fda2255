export default function ({ data }) {
  const link = document.querySelector('[data-testid="stSkipToContent"]');
  if (!link) return;
  if (link.textContent !== data.text) link.textContent = data.text;
  link.onclick = (event) => {
    event.preventDefault();
    event.stopPropagation(); // keep the click from Streamlit's listener further up, which focuses the content
    document.querySelector(`.st-key-${data.to} a`)?.focus();
  };
}
