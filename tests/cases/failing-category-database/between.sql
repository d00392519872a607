CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.code = 'T2' THEN
    RAISE EXCEPTION 'la tarifa T2 está bloqueada por contabilidad';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON tariff_tiers FOR EACH ROW EXECUTE FUNCTION refuse();
