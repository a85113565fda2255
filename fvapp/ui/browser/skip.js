export default function ({ data }) {
  const link = document.querySelector('[data-testid="stSkipToContent"]');
  if (!link) return;
  if (link.textContent !== data.text) link.textContent = data.text;
  link.onclick = (event) => {
    event.preventDefault();
    event.stopPropagation(); // Streamlit listens further up
    document.querySelector(`.st-key-${data.to} a`)?.focus();
  };
}
