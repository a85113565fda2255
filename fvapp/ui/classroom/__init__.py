"""The class page: joining, the teacher's board, the projector, and a student's seat."""
