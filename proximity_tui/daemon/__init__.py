"""The program without a screen: watches, jobs and notifier under a service manager. It decides nothing of its own."""
