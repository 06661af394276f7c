"""Worker processes: where foreign bytes and native libraries meet, apart from the build."""
