"""Parts of a lesson that several pages use: papers, a teacher's link, what students said."""
