// Placeholder until the sample loader is written.
export async function loadSample() {}
