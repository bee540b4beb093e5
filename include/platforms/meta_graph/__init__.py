"""What Instagram and Facebook share: the Graph API's calls, errors, limits, paging, batches, bytes and sign-in.

Not a platform of its own. Import the modules: `graph`, `errors`, `codes`, `usage`, `paging`, `batch`, `rupload`,
`auth`, `pages`.
"""
