-- Without a reference there is no log-ratio.
alter table episodes alter column log_ratio drop not null;
