"""Under which values of the uncertain numbers is the answer to a question yes?"""
