-- A Binary that is secured for a patient is in that patient's record.
update resource set patient = substring(content from '"securityContext"\s*:\s*\{\s*"reference"\s*:\s*"Patient/([A-Za-z0-9.-]{1,64})"')
  where type = 9 and patient is null;
update resource_history set patient = substring(content from '"securityContext"\s*:\s*\{\s*"reference"\s*:\s*"Patient/([A-Za-z0-9.-]{1,64})"')
  where type = 9 and patient is null;
