// Streamlit drops what is too long for a field, and says nothing. The page is told how long it was.

export default function ({ data, setTriggerValue }) {
  const tell = ({ target }) => {
    const isLong = target.matches?.(data.field) && target.value.length > data.most;
    if (isLong) setTriggerValue("refused", target.value.length);
  };
  document.addEventListener("input", tell, true); // before Streamlit puts back what stood there
  return () => document.removeEventListener("input", tell, true);
}
