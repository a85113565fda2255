// Reports a value once it has stayed the same for a second.

const REST = 1000; // milliseconds that a value must stay the same

export default function ({ data, parentElement, setTriggerValue }) {
  if (parentElement.value === data.value) return;
  parentElement.value = data.value;
  clearTimeout(parentElement.timer);
  const ask = () => {
    if (!parentElement.isConnected && !parentElement.host?.isConnected) return;
    if (atRest()) setTriggerValue("rested", data.value);
    else parentElement.timer = setTimeout(ask, 100);
  };
  parentElement.timer = setTimeout(ask, REST);
}
