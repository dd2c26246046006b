// Placeholder until the main job is written.
export async function playMainJob() {}
