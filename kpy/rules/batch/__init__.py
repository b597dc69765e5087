"""Rules on Jobs and CronJobs."""
