/** A key whose shaft and bit draw an L. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
<rect width="32" height="32" rx="8" fill="#0c5362"/>
<path fill="#f3c66b" fill-rule="evenodd" d="M13 4.4a5.7 5.7 0 0 1 1.9 11.07V22.8H18.2V19.9H21.4V22.8H24V26.8H11.1V15.47A5.7 5.7 0 0 1 13 4.4Zm0 3.5a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z"/>
</svg>
`

/** The same for who asks for /favicon.ico unbidden: drawn at 16 and at 32 pixels, in base64. */
export const ICON_DRAWN = [
  'AAABAAIAEBAAAAEAIADGAQAAJgAAACAgAAABACAARgMAAOwBAACJUE5HDQoaCgAAAA1JSERSAAAAEAAAABAIBgAAAB',
  '/z/2EAAAF7SURBVHicpJPNSwJBGId/M04aUllBoBAkUtAWgdqlulRQEBSkdOooHQo61qE/oUvHrkoFnSIhOtW9Lkl0',
  'KD3UoRCvuVbauutOsyvCGq59+MAy7zvs+8wH8zII3NHYEiVkB+CjIKQbzeA8D5B7nfPdYjJxTtwraxEKnsQ/0EGiDp',
  'cUTIhV+2uTfg9BLMSwHnYg0EORe+OQlcYCwrmfiWLJOhlfdkLqo2a8MATMBRxYPLYzEMn401PLx33ELD550DCyX0Iy',
  'oyHsowh5CWzwMGv2oVZHtQK8fgLlSjV/L8OWOsFzniNb0LE6xjDrd8DbSfAi6+Yn9ttQQK1JSRNnPlRwndXNYmOcP1',
  'KgVGyPUC8wMG788kkz44tHDQUFTaFokV8J7jZcOIg4/y6YFhe5PcngboN4VMSMGwlkO8GMEGxNtaHDSTHYS834GzIT',
  'zZEWL2rCOnuT07F3peJHRG3rzaSmbzNsOJgiIANC2SV2047mqxrtnBLtvFk8jZ99AQAA//+m8lgtAAAABklEQVQDAD',
  'wFelSzguoNAAAAAElFTkSuQmCCiVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0AAAC+0lEQVR4nOyXXUgU',
  'URTH/2dmdtZ1/QCVLKSHivADyhQiU4I+DQKhsghDavWp6DHCJx+KfCmjh+glSo2iCMSEQKi3EvtEWivW3qJ0iSCl1E',
  '3d2Z3bmV3bWb+m3dVdCfotA7P33Jnzv/eee+ZcBXNwHHZVyKAGEIohUAKiXCwFIUb4XR5+lycI0THZ1fEy2kyRu52u',
  'NGcOneeWswSSkQQEBGugVt9npRn9N7SIAOehxlKS8IBvC5EChMAAqznpe9g2ICEsoy5VzkPuCKUzPkGOIw2VkqBeng',
  'rJ6qG8dEJFAaEgK9zNO6bjxbCOkUkkhAB0/pUrso4TrMbSeWOZjKYqG7LsNKv957RAyzMNd94FES+hAZM4zYPHFquO',
  'xzfJaNmtznNukM1tl/apqClMOGaLJI74osWs2XagZZcNf+NqtQ1OFXEj2Lcx9dmLdajeICPNZo78Zn8AlbemQle7Ox',
  'Bpd6qEPessV3FBOBjzLZ/aVmCax3i9L/b68emHCF0XnmqY8OsRe9Xa+AUYKFZGZ9ToOWqhCdPm1zmtCFqwbzxYyvZO',
  'mB6NgDtYaOo9WqwgMyowh8eQEJYz0PcliDNbzS7XD6ho3iGgSAJ5ztna+4YCSATLGTASTf9XfVbb6kya5/yNV8crr8',
  'CyC5jiQR3rnEb34OKJptMTQF3XNPzx56IQlFHbGJP0ojzCozoVGWpYs7EDau778fF7YiP/Q8x7x3D0SzP/+/xYsvO4',
  'BCSL/wIULBOP6+3YPJPZzz3x4+772LbFvzUDum6mXkUmVEZ9gNKjvtrrc0zb8yHd6pWx5wGDgVN2rHLGN2lrrljXbB',
  'JXqN+wQhi+eTjCjRVDuDkGyBCwP5bur/mDk+tIMOkvCLnJXuvaqIA+cG2YQFW3JCY0jcrk4KB7VC0pD3B870UK4fVv',
  'muxu6wmFtE8av8xb4S1SBBdzbp88fs24Dxf0Ho/Q8ktv2xxk48PCdl6OpCSo8OEUrb5RUY+ee+bhNJqZ47mLLSXLfD',
  'znska0zz2e/wYAAP//9uS5+gAAAAZJREFUAwCmWvipzCb2KAAAAABJRU5ErkJggg==',
].join('')
