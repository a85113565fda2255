// Streamlit silently drops text that is too long for a field, so the page is told the text's length.

export default function ({ data, setTriggerValue }) {
  const tell = ({ target }) => {
    const isLong = target.matches?.(data.field) && target.value.length > data.most;
    if (isLong) setTriggerValue("refused", target.value.length);
  };
  document.addEventListener("input", tell, true); // runs before Streamlit restores the previous text
  return () => document.removeEventListener("input", tell, true);
}
