// Reads the API; an error keeps what the server said was wrong and what to do.

export async function get(path, parameters = {}) {
  const url = new URL(`../v1/${path}`, document.baseURI);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { accept: "application/json" } }).catch(() => {
    throw new Error("The service does not answer.");
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(body.detail || body.title || `The service answered ${answer.status}.`);
    error.status = answer.status;
    error.fix = body.fix || "";
    throw error;
  }
  return body;
}
