"""The same job with other people's tools, as a competent user would write it: a links file in, a members file out."""
