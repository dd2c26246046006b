/** Finnish and Åland codes are five digits; elsewhere 2–10 letters, digits, spaces and hyphens (UPU S42 knows no longer). */
export function isPostalCode(text: string, country: string): boolean {
  return country === 'FI' || country === 'AX' ? /^\d{5}$/.test(text) : /^[A-Za-z0-9][A-Za-z0-9 -]{0,8}[A-Za-z0-9]$/.test(text);
}
