"""Does a metric that predicts human opinion make a good loss?"""
