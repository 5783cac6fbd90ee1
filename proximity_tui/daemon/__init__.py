"""The program without a screen: polling, jobs and notifier under a service manager. It decides nothing of its own."""
