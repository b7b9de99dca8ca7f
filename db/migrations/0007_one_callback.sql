-- One promise to call a number at one time for one reason. Of those made twice, the first stays.

UPDATE callbacks SET status = 'cancelled' WHERE status = 'scheduled' AND EXISTS (
  SELECT 1 FROM callbacks earlier
  WHERE earlier.owner_id = callbacks.owner_id AND earlier.phone = callbacks.phone
    AND earlier.call_at = callbacks.call_at AND earlier.reason = callbacks.reason
    AND earlier.status = 'scheduled' AND earlier.id < callbacks.id);
CREATE UNIQUE INDEX callbacks_once ON callbacks (owner_id, phone, call_at, reason) WHERE status = 'scheduled';
