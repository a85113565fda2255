"""What a lesson needs on several pages: a class's papers, a teacher's link, what students said."""
