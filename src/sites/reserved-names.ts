const reserved = new Set(
  `about abuse account accounts admin administrator api app apps auth billing blog cdn dashboard dev
  docs download email files ftp ftps global health help host hostmaster id imap info internal local
  localhost login logout mail mx news ns ns1 ns2 oauth official operator pop portal postmaster root
  s3 security sftp signin signup smtp sso staging static status support system test token tokens
  trust web webdav webmaster www`.split(/\s+/),
)

/** Whether a subdomain is reserved, because it means something to people, to email or to this service. */
export function isReservedName(subdomain: string, regionNames: readonly string[]): boolean {
  return reserved.has(subdomain) || regionNames.includes(subdomain)
}
