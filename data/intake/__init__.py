"""From received bytes to a report: guard, child process, template, remarks (データ取込)."""
