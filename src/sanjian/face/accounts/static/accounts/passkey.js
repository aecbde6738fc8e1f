// A passkey's button: asks the server for a challenge, the browser for a passkey, and sends the answer as the form it is in.
// Data attributes: url (challenge), make ("yes" makes a passkey, otherwise one is used), cancelled (what to say when none came).

const FROM = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
const TO = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export function mount(element) {
  if (!window.PublicKeyCredential) return undefined;
  const form = element.querySelector("form");
  const said = element.querySelector("[data-said]");
  const send = async (event) => {
    event.preventDefault();
    said.hidden = true;
    try {
      form.elements.answer.value = JSON.stringify(await proof(element, form));
    } catch (error) {
      said.textContent = element.dataset.cancelled;
      said.hidden = false;
      return;
    }
    form.submit();
  };
  form.addEventListener("submit", send);
  element.hidden = false;
  return () => form.removeEventListener("submit", send);
}

async function proof(element, form) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const response = await fetch(element.dataset.url, { method: "POST", headers, redirect: "error" });
  if (!response.ok) throw new Error(String(response.status));
  const publicKey = opened(await response.json());
  const credential = element.dataset.make
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  return sealed(credential);
}

function opened(options) {
  const known = (list) => (list ?? []).map((item) => ({ ...item, id: FROM(item.id) }));
  const out = { ...options, challenge: FROM(options.challenge) };
  if (options.user) out.user = { ...options.user, id: FROM(options.user.id) };
  if (options.excludeCredentials) out.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) out.allowCredentials = known(options.allowCredentials);
  return out;
}

function sealed(credential) {
  const { response } = credential;
  const part = (name) => (response[name] ? { [name]: TO(response[name]) } : {});
  return {
    id: credential.id,
    rawId: TO(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: TO(response.clientDataJSON),
      ...part("attestationObject"),
      ...part("authenticatorData"),
      ...part("signature"),
      ...part("userHandle"),
    },
  };
}
